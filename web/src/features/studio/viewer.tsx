import * as Radix from "@radix-ui/react-dialog";
import {
  ChevronLeft,
  ChevronRight,
  CircleCheck,
  Download,
  FileVideo,
  Shuffle,
  Trash2,
  X,
} from "lucide-react";
import type { Operation } from "@/api";
import { Button } from "@/components/ui/button";
import { downloadVideo } from "@/lib/download";
import { useFocusBack } from "@/lib/focus-back";
import { moment, money } from "@/lib/format";
import { appStrings } from "@/strings/app";
import { studioStrings } from "@/strings/studio";
import { type CardActions, Expiry } from "./card";
import { tookOf } from "./facts";

type Props = {
  operations: readonly Operation[];
  openId: string | undefined;
  onOpen: (operationId: string | null) => void;
  actions: CardActions;
};

/** One video, large; arrows go to the next. */
export function Viewer({ operations, openId, onOpen, actions }: Props) {
  const index = operations.findIndex((each) => each.operation_id === openId);
  const operation = operations[index];
  // Nothing in it is the first thing to press: arrows go on, Escape leaves.
  const focus = useFocusBack({ first: "itself" });
  const go = (step: number) => {
    const next = operations[index + step];
    if (next) onOpen(next.operation_id);
  };
  return (
    <Radix.Root open={operation !== undefined} onOpenChange={(open) => !open && onOpen(null)}>
      <Radix.Portal>
        <Radix.Content
          aria-describedby={undefined}
          className="fixed inset-0 z-40 flex flex-col bg-bg outline-none"
          {...focus}
          onKeyDown={(event) => {
            if ((event.target as HTMLElement).tagName === "VIDEO") return; // arrows seek in it
            if (event.key === "ArrowLeft") go(-1);
            if (event.key === "ArrowRight") go(1);
            if (operation && /^[ps]$/i.test(event.key)) actions.pick(operation);
            if (operation && event.key === "Delete") actions.remove(operation);
          }}
        >
          {operation && (
            <>
              <header className="flex h-12 shrink-0 items-center gap-2 border-line border-b px-2 sm:px-4">
                <Radix.Close asChild>
                  <Button kind="ghost" size="icon" aria-label={appStrings.common.close}>
                    <X />
                  </Button>
                </Radix.Close>
                <Radix.Title className="min-w-0 flex-1 truncate font-medium">{operation.prompt}</Radix.Title>
                <Button
                  size="icon"
                  aria-label={studioStrings.viewer.previous}
                  disabled={index === 0}
                  onClick={() => go(-1)}
                >
                  <ChevronLeft />
                </Button>
                <Button
                  size="icon"
                  aria-label={studioStrings.viewer.next}
                  disabled={index === operations.length - 1}
                  onClick={() => go(1)}
                >
                  <ChevronRight />
                </Button>
              </header>
              <div className="flex min-h-0 flex-1 max-lg:flex-col max-lg:overflow-y-auto">
                <div className="relative min-h-0 min-w-0 flex-1 bg-well max-lg:h-[62dvh] max-lg:flex-none">
                  {/* biome-ignore lint/a11y/useMediaCaption: generated clips have no speech */}
                  <video
                    key={operation.operation_id}
                    src={operation.video_url ?? undefined}
                    poster={operation.thumbnail_url ?? undefined}
                    controls
                    autoPlay
                    loop
                    playsInline
                    className="absolute inset-0 size-full object-contain"
                  />
                </div>
                <Side operation={operation} actions={actions} />
              </div>
            </>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

function Side({ operation, actions }: { operation: Operation; actions: CardActions }) {
  const { facts } = studioStrings.viewer;
  const rows: [string, string | null][] = [
    [facts.provider, operation.provider],
    [facts.model, operation.model],
    [
      facts.settings,
      `${operation.aspect_ratio}, ${operation.resolution}, ${studioStrings.seconds(operation.duration)}`,
    ],
    [facts.seed, operation.seed === null ? null : String(operation.seed)],
    [
      facts.cost,
      operation.cost === null || Number(operation.cost) === 0 ? null : money(Number(operation.cost)),
    ],
    [facts.made, moment(operation.created_at)],
    [facts.took, tookOf(operation)],
  ];
  return (
    <aside className="flex shrink-0 flex-col gap-5 border-line p-5 max-lg:border-t lg:w-80 lg:overflow-y-auto lg:border-l">
      <div>
        <h3 className="mb-1.5 font-medium text-faint text-xs">{facts.prompt}</h3>
        <p className="whitespace-pre-wrap break-words">{operation.prompt}</p>
      </div>
      {operation.negative_prompt && (
        <div>
          <h3 className="mb-1.5 font-medium text-faint text-xs">{facts.negative}</h3>
          <p className="whitespace-pre-wrap break-words text-muted">{operation.negative_prompt}</p>
        </div>
      )}
      {operation.image_url && (
        <img
          src={operation.image_url}
          alt={studioStrings.image}
          className="max-h-40 self-start rounded-lg bg-raised object-contain"
        />
      )}
      <dl className="tnum grid grid-cols-[auto_minmax(0,1fr)] gap-x-6 gap-y-1.5 text-sm">
        {rows.map(
          ([name, value]) =>
            value && (
              <div key={name} className="contents">
                <dt className="text-faint">{name}</dt>
                <dd className="break-words text-right">{value}</dd>
              </div>
            ),
        )}
      </dl>
      <Expiry operation={operation} actions={actions} />
      <div className="flex flex-wrap gap-2">
        <Button aria-pressed={operation.selected} onClick={() => actions.pick(operation)}>
          <CircleCheck className={operation.selected ? "text-good" : undefined} />
          {operation.selected ? studioStrings.card.picked : studioStrings.card.pick}
        </Button>
        <Button onClick={() => operation.video_url && downloadVideo(operation.video_url)}>
          <Download />
          {studioStrings.card.download}
        </Button>
        <Button onClick={() => actions.vary(operation)}>
          <Shuffle />
          {studioStrings.card.vary}
        </Button>
        <Button onClick={() => actions.startFrom(operation)}>
          <FileVideo />
          {studioStrings.card.asStart}
        </Button>
        <Button kind="ghost" onClick={() => actions.remove(operation)}>
          <Trash2 />
          {studioStrings.card.delete}
        </Button>
      </div>
    </aside>
  );
}
