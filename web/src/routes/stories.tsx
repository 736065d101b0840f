import { useNavigate, useSearch } from "@tanstack/react-router";
import { StoryList } from "@/features/stories/list";
import { listSearch } from "@/features/stories/list-search";

export function Stories() {
  const search = useSearch({ from: "/stories" });
  const navigate = useNavigate();
  return (
    <StoryList
      search={listSearch(search)}
      onSearch={(next) => navigate({ to: "/stories", search: next, replace: true, resetScroll: false })}
    />
  );
}
