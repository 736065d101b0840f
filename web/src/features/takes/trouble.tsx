import { Link } from "@tanstack/react-router";
import {
  Ban,
  CircleHelp,
  Hand,
  ImageUp,
  KeyRound,
  Pencil,
  RotateCw,
  TriangleAlert,
  Wallet,
} from "lucide-react";
import type { VideoView } from "@/api";
import { Button, buttonLook } from "@/components/ui/button";
import { askForKey } from "@/lib/ask-key";
import { cn } from "@/lib/cn";
import { moneyStrings } from "@/strings/money";
import { reviewStrings } from "@/strings/review";
import { takesStrings } from "@/strings/takes";
import type { TakeActions } from "./take-actions";
import { lacksKey, meaning, troubleTitle, wayOut } from "./trouble-words";

type Props = { video: VideoView; actions: TakeActions };

/** Why a take is not there and the way out, in the place of its picture. */
export function TroubleTile({ video, tab, actions }: Props & { tab: boolean }) {
  const { title, tone, Icon } = look(video);
  return (
    <div
      className={cn(
        "flex size-full flex-col items-start justify-between gap-1.5 rounded-lg border border-line bg-surface p-3 pt-9",
      )}
    >
      <button
        type="button"
        tabIndex={tab ? 0 : -1}
        className="flex min-h-0 w-full flex-1 flex-col text-left"
        onClick={() => actions.open(video)}
      >
        <span className={cn("flex items-start gap-1.5 font-medium text-sm", tone.text)}>
          <Icon className="mt-0.5 size-4 shrink-0" />
          {title}
        </span>
        <span className="mt-0.5 line-clamp-2 min-h-0 text-muted text-xs">{video.error_message}</span>
      </button>
      <WayOutButton video={video} actions={actions} />
    </div>
  );
}

/** The same in full, in the player. */
export function TroublePanel({ video, alike, actions }: Props & { alike: number }) {
  const { title, tone, Icon } = look(video);
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-3 p-6 text-center">
      <span className={cn("grid size-12 place-items-center rounded-xl", tone.soft, tone.text)}>
        <Icon className="size-6" />
      </span>
      <h3 className="font-semibold text-lg">{title}</h3>
      {video.error_message && <p className="break-words">{video.error_message}</p>}
      {video.status !== "cancelled" && <p className="text-muted text-sm">{meaning(video)}</p>}
      <div className="mt-1 flex flex-wrap justify-center gap-2">
        <WayOutButton video={video} actions={actions} large />
        <OtherWays video={video} alike={alike} actions={actions} />
      </div>
    </div>
  );
}

function look(video: VideoView) {
  if (video.status === "cancelled") {
    return {
      title: takesStrings.gallery.cancelled,
      Icon: Ban,
      tone: { soft: "bg-well", text: "text-muted" },
    };
  }
  const title = lacksKey(video) ? takesStrings.trouble.noKey : troubleTitle(video.error_type);
  if (video.status === "waiting") {
    const Icon = video.waiting_for === "uncertain" ? CircleHelp : Hand;
    return { title, Icon, tone: { soft: "bg-wait-soft", text: "text-wait" } };
  }
  return { title, Icon: TriangleAlert, tone: { soft: "bg-bad-soft", text: "text-bad" } };
}

function WayOutButton({ video, actions, large }: Props & { large?: boolean }) {
  const way = wayOut(video);
  if (way === "budget") {
    return (
      <Link
        to="/settings"
        hash="money"
        className={buttonLook({ kind: large ? "primary" : "plain", size: large ? "md" : "sm" })}
      >
        <Wallet />
        {takesStrings.trouble.raiseBudget}
      </Link>
    );
  }
  const { words, Icon, run } = {
    edit: { words: takesStrings.trouble.editPrompt, Icon: Pencil, run: () => actions.regenerate(video) },
    image: { words: reviewStrings.swapImage, Icon: ImageUp, run: () => actions.regenerate(video) },
    key: { words: moneyStrings.addKey, Icon: KeyRound, run: () => askForKey(video.provider) },
    again: { words: reviewStrings.retry, Icon: RotateCw, run: () => actions.retry([video]) },
    "go-on": { words: takesStrings.trouble.goOn, Icon: RotateCw, run: () => goOn(video, actions) },
    decide: { words: takesStrings.trouble.decide, Icon: CircleHelp, run: () => actions.decide(video) },
  }[way];
  return (
    <Button
      kind={large ? "primary" : "plain"}
      size={large ? "md" : "sm"}
      className="max-w-full"
      onClick={run}
    >
      <Icon />
      <span className="truncate">{words}</span>
    </Button>
  );
}

/** What one has done (signed in, topped up) helps all that waited for it. */
function goOn(video: VideoView, actions: TakeActions): unknown {
  return video.error_type ? actions.retryKind(video.error_type) : actions.retry([video]);
}

/** The other ways out: another prompt or image, as it is once more, all of this kind. */
function OtherWays({ video, alike, actions }: Props & { alike: number }) {
  const way = wayOut(video);
  const kind = video.error_type;
  if (way === "decide") return null;
  return (
    <>
      {(way === "budget" || way === "key") && (
        <Button onClick={() => goOn(video, actions)}>
          <RotateCw />
          {takesStrings.trouble.goOn}
        </Button>
      )}
      {kind === "auth" && way !== "key" && (
        <Link to="/settings" className={buttonLook({})}>
          <KeyRound />
          {takesStrings.trouble.settings}
        </Link>
      )}
      {way !== "edit" && (
        <Button onClick={() => actions.regenerate(video)}>
          <Pencil />
          {takesStrings.trouble.editPrompt}
        </Button>
      )}
      {video.image_url && way !== "image" && (
        <Button onClick={() => actions.regenerate(video)}>
          <ImageUp />
          {reviewStrings.swapImage}
        </Button>
      )}
      {kind && alike > 1 && way === "again" && (
        <Button onClick={() => actions.retryKind(kind)}>
          <RotateCw />
          {reviewStrings.retryKind(alike)}
        </Button>
      )}
    </>
  );
}
