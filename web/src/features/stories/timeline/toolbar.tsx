import {
  ArrowLeft,
  ArrowRight,
  Images,
  Keyboard,
  Redo2,
  Scissors,
  Trash2,
  Undo2,
  Volume2,
  VolumeX,
  ZoomIn,
  ZoomOut,
} from "lucide-react";
import { memo, type ReactNode, useState } from "react";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { filmStrings } from "@/strings/story-film";
import type { TimelineActions } from "./actions";

const tt = filmStrings.timeline;

type Props = {
  /** The same for as long as the timeline is open. */
  act: TimelineActions;
  canUndo: boolean;
  canRedo: boolean;
  isSection: boolean;
  isMuted: boolean;
  canReplace: boolean;
  onReplace: () => void;
  hasZoom: boolean;
  zoom: (by: number) => void;
  onFit: () => void;
};

/** Drawn again only when what it offers changes: not for every picture of a drag. */
export const Toolbar = memo(function Toolbar(props: Props) {
  const { act, canUndo, canRedo, isSection, isMuted, canReplace, onReplace, hasZoom, zoom, onFit } = props;
  const [help, setHelp] = useState(false);
  return (
    <div role="toolbar" aria-label={tt.toolbar} className="flex flex-wrap items-center gap-1">
      <Tool label={tt.undo} disabled={!canUndo} onClick={act.undo}>
        <Undo2 />
      </Tool>
      <Tool label={tt.redo} disabled={!canRedo} onClick={act.redo}>
        <Redo2 />
      </Tool>
      <Gap />
      <Tool label={tt.split} onClick={act.split}>
        <Scissors />
      </Tool>
      <Tool label={isMuted ? tt.unmute : tt.mute} disabled={!isSection} onClick={act.mute}>
        {isMuted ? <VolumeX /> : <Volume2 />}
      </Tool>
      <Tool label={tt.replace} disabled={!canReplace} onClick={onReplace}>
        <Images />
      </Tool>
      <Tool label={tt.earlier} disabled={!isSection} onClick={() => act.move(-1)}>
        <ArrowLeft />
      </Tool>
      <Tool label={tt.later} disabled={!isSection} onClick={() => act.move(1)}>
        <ArrowRight />
      </Tool>
      <Tool label={tt.remove} onClick={act.remove}>
        <Trash2 />
      </Tool>
      <span className="ml-auto flex gap-1">
        {hasZoom && (
          <>
            <Tool label={tt.zoomOut} onClick={() => zoom(1 / 1.5)}>
              <ZoomOut />
            </Tool>
            <Tool label={tt.zoomIn} onClick={() => zoom(1.5)}>
              <ZoomIn />
            </Tool>
            <Button kind="ghost" onClick={onFit}>
              {tt.fit}
            </Button>
          </>
        )}
        <Tool label={tt.keys} onClick={() => setHelp(true)}>
          <Keyboard />
        </Tool>
      </span>
      <Dialog open={help} onClose={() => setHelp(false)} title={tt.keys}>
        <dl className="grid grid-cols-[auto_1fr] gap-x-4 gap-y-1.5 text-sm">
          {tt.shortcuts.map(([keys, words]) => (
            <div key={keys} className="contents">
              <dt className="whitespace-nowrap font-medium">{keys}</dt>
              <dd className="text-muted">{words}</dd>
            </div>
          ))}
        </dl>
      </Dialog>
    </div>
  );
});

type ToolProps = { label: string; disabled?: boolean; onClick: () => void; children: ReactNode };

function Tool({ label, disabled = false, onClick, children }: ToolProps) {
  return (
    <Button kind="ghost" size="icon" aria-label={label} title={label} disabled={disabled} onClick={onClick}>
      {children}
    </Button>
  );
}

const Gap = () => <span aria-hidden="true" className="mx-1 h-5 w-px bg-line" />;
