import { useMutation, useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowDownToLine, ArrowUp, ArrowUpDown, ArrowUpToLine, Shuffle } from "lucide-react";
import { useLayoutEffect, useRef } from "react";
import { toast } from "sonner";
import type { JobView, QueueMove, QueuePlace } from "@/api";
import { moveInQueueMutation, readJobQueryKey, readJobsQueryKey } from "@/api/@tanstack/react-query.gen";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { said } from "@/lib/problem";
import { projectsStrings } from "@/strings/projects";

const MOVES = [
  ["top", ArrowUpToLine],
  ["up", ArrowUp],
  ["down", ArrowDown],
  ["bottom", ArrowDownToLine],
] as const;

type Props = { job: JobView; place: QueuePlace; jobs: number };

/** Moves a job among all that are active: one step, all the way, or back among those that take turns. */
export function MoveMenu({ job, place, jobs }: Props) {
  const button = useRef<HTMLButtonElement>(null);
  const refocus = useRef(false);
  const client = useQueryClient();
  const path = { job_id: job.job_id };
  const move = useMutation({
    ...moveInQueueMutation(),
    onError: (error) => toast.error(said(error)),
    onSuccess: (now) => {
      client.setQueryData(readJobQueryKey({ path }), now);
      void client.invalidateQueries({ queryKey: readJobsQueryKey() });
      if (now.queue) toast.success(projectsStrings.queue.moved(now.job_name, now.queue.position));
    },
  });
  // A card that goes to another place loses the keyboard on its way.
  // biome-ignore lint/correctness/useExhaustiveDependencies: it is the place that matters
  useLayoutEffect(() => {
    if (refocus.current && document.activeElement === document.body) button.current?.focus();
    refocus.current = false;
  }, [place.position]);
  const start = (to: QueueMove) => {
    refocus.current = true;
    move.mutate({ path, body: { to } });
  };
  const fixed = !place.takes_turns;
  const at = { top: place.position === 1, bottom: place.position === jobs };
  return (
    <Menu
      trigger={
        <Button
          ref={button}
          kind="ghost"
          size="icon-sm"
          aria-label={projectsStrings.queue.menu(job.job_name)}
        >
          <ArrowUpDown />
        </Button>
      }
    >
      {MOVES.map(([to, Icon]) => (
        <MenuItem
          key={to}
          disabled={fixed && (to === "top" || to === "up" ? at.top : at.bottom)}
          onSelect={() => start(to)}
        >
          <Icon />
          {projectsStrings.queue[to]}
        </MenuItem>
      ))}
      {fixed && (
        <MenuItem onSelect={() => start("turns")}>
          <Shuffle />
          {projectsStrings.queue.turns}
        </MenuItem>
      )}
    </Menu>
  );
}
