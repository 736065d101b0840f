import { Link, useNavigate } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useEffect } from "react";
import { NewStory } from "@/features/stories/new/new-story";
import { appStrings } from "@/strings/app";
import { storiesStrings } from "@/strings/stories";
import { newStoryStrings } from "@/strings/story-new";

export function NewStoryPage() {
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${newStoryStrings.title} · ${appStrings.app}`;
  }, []);
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-5 px-4 py-6 sm:px-6">
      <div className="flex items-center gap-2">
        <Link
          to="/stories"
          aria-label={storiesStrings.back}
          title={storiesStrings.back}
          className="-ml-1 grid size-7 place-items-center rounded-md text-muted hover:bg-raised hover:text-text"
        >
          <ChevronLeft className="size-5" />
        </Link>
        <h1 className="font-semibold text-xl tracking-tight">{newStoryStrings.title}</h1>
      </div>
      <NewStory
        onCreated={(storyId) =>
          navigate({ to: "/stories/$storyId/{-$tab}", params: { storyId, tab: "script" } })
        }
      />
    </div>
  );
}
