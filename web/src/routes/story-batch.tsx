import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { ChevronLeft } from "lucide-react";
import { useEffect } from "react";
import { Batch } from "@/features/stories/batch/batch";
import { NewBatch } from "@/features/stories/batch/new-batch";
import { appStrings } from "@/strings/app";
import { storiesStrings } from "@/strings/stories";
import { storyBatchStrings } from "@/strings/story-new";

export function StoryBatchPage() {
  const { batchId } = useParams({ strict: false });
  const navigate = useNavigate();
  useEffect(() => {
    document.title = `${storyBatchStrings.title} · ${appStrings.app}`;
  }, []);
  if (batchId) return <Batch key={batchId} batchId={batchId} />;
  return (
    <div className="mx-auto flex w-full max-w-3xl flex-col gap-5 px-4 py-6 sm:px-6">
      <div className="flex items-center gap-2">
        <Link
          to="/stories"
          aria-label={storiesStrings.back}
          title={storiesStrings.back}
          className="-ml-1 grid size-7 place-items-center rounded-md text-muted hover:bg-raised hover:text-text"
        >
          <ChevronLeft className="size-5" />
        </Link>
        <h1 className="font-semibold text-xl tracking-tight">{storyBatchStrings.title}</h1>
      </div>
      <NewBatch onCreated={(id) => navigate({ to: "/stories/batch/{-$batchId}", params: { batchId: id } })} />
    </div>
  );
}
