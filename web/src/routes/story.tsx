import { useParams } from "@tanstack/react-router";
import { StoryFrame } from "@/features/stories/frame";
import { tabOf } from "@/features/stories/tabs";

export function StoryPage() {
  const { storyId, tab } = useParams({ strict: false });
  return <StoryFrame key={storyId} storyId={storyId ?? ""} tab={tabOf(tab)} />;
}
