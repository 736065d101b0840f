import { useId } from "react";
import { Field, Input, Select } from "@/components/ui/field";
import type { Section } from "@/features/stories/document";
import { chosenPictures, moveCut, setJoin, setMove } from "@/features/stories/film-edits";
import { type FilmScene, INNER, type JoinKind } from "@/features/stories/film-model";
import type { FilmRoom } from "@/features/stories/film-room";
import { useDraft } from "@/features/stories/use-draft";
import { filmStrings } from "@/strings/story-film";
import { sceneName } from "./names";

const tt = filmStrings.timeline;
type Move = keyof typeof tt.moves;

type Props = { room: FilmRoom; scene: FilmScene | null };

/** What can be set of the selected scene. */
export function Inspector({ room, scene }: Props) {
  const id = useId();
  const section = room.edits.document.sections.find((each) => each.id === scene?.sectionId);
  return (
    <section aria-labelledby={id} className="flex min-w-0 flex-col gap-3">
      <h2 id={id} className="truncate font-semibold text-base">
        {scene ? sceneName(room.edits.document, scene) : tt.inspector}
      </h2>
      {!scene && <p className="text-muted text-sm">{tt.nothing}</p>}
      {scene && <Length key={`length ${scene.id}`} room={room} scene={scene} />}
      {scene && section && scene.number === 0 && room.film.scenes[0] !== scene && (
        <JoinFields room={room} section={section} />
      )}
      {scene?.number !== 0 && scene && (
        <p className="text-faint text-xs">
          {tt.transitions[INNER.kind]} · {INNER.seconds} s
        </p>
      )}
      {scene && section && scene.piece?.still && <MoveField room={room} scene={scene} section={section} />}
      {scene && section && scene.piece && !scene.piece.still && (
        <ClipFields room={room} scene={scene} section={section} />
      )}
      {section && scene?.number === 0 && <Title key={`title ${section.id}`} room={room} section={section} />}
    </section>
  );
}

function Length({ room: { edits, film, preview }, scene }: { room: FilmRoom; scene: FilmScene }) {
  const seconds = (scene.frames / film.fps).toFixed(2);
  const draft = useDraft(seconds, (text) => {
    const wanted = Number(text);
    if (!Number.isFinite(wanted) || wanted <= 0) return;
    const frame = scene.first + Math.round(wanted * film.fps);
    edits.apply(moveCut(edits.document, film, preview, scene.id, frame), "Changed a length.");
  });
  return (
    <Field label={tt.length} hint={tt.lengthHint}>
      {(ids) => <Input type="number" min={0.1} step={0.1} {...ids} {...draft.field} />}
    </Field>
  );
}

function JoinFields({ room: { edits }, section }: { room: FilmRoom; section: Section }) {
  const own = section.transition;
  const shared = edits.document.transition;
  const set = (kind: JoinKind | null, seconds: number) =>
    edits.apply(
      setJoin(edits.document, section.id, kind, seconds),
      "Changed a transition.",
      `join ${section.id}`,
    );
  return (
    <div className="grid grid-cols-[1fr_5rem] gap-2">
      <Field label={tt.transitionBefore}>
        {(ids) => (
          <Select
            {...ids}
            value={own?.kind ?? ""}
            onChange={(event) =>
              set((event.target.value || null) as JoinKind | null, own?.seconds ?? shared.seconds)
            }
          >
            <option value="">{tt.inherit(tt.transitions[shared.kind])}</option>
            {Object.entries(tt.transitions).map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
      <Field label={tt.seconds}>
        {(ids) => (
          <Input
            type="number"
            min={0}
            max={3}
            step={0.1}
            disabled={!own || own.kind === "cut"}
            {...ids}
            value={(own ?? shared).seconds}
            onChange={(event) => set(own?.kind ?? shared.kind, Number(event.target.value))}
          />
        )}
      </Field>
    </div>
  );
}

type SceneProps = { room: FilmRoom; scene: FilmScene; section: Section };

function MoveField({ room: { edits, preview }, scene, section }: SceneProps) {
  const own = section.pictures[scene.number]?.move ?? section.move;
  const automatic = tt.moves[(scene.piece?.move ?? "static") as Move];
  return (
    <Field label={tt.move}>
      {(ids) => (
        <Select
          {...ids}
          value={own ?? ""}
          onChange={(event) =>
            edits.apply(
              setMove(edits.document, preview, scene, (event.target.value || null) as Section["move"]),
              "Changed a camera move.",
            )
          }
        >
          <option value="">{tt.automatic(automatic)}</option>
          {Object.entries(tt.moves).map(([move, name]) => (
            <option key={move} value={move}>
              {name}
            </option>
          ))}
        </Select>
      )}
    </Field>
  );
}

function ClipFields({ room: { edits, preview }, scene, section }: SceneProps) {
  const pictures = chosenPictures(section, preview);
  const own = pictures?.[scene.number];
  const { document } = edits;
  const put = (change: Partial<Section>, note: string, group = "") =>
    edits.apply(
      {
        ...document,
        sections: document.sections.map((each) => (each.id === section.id ? { ...each, ...change } : each)),
      },
      note,
      group,
    );
  return (
    <>
      {pictures && own && (
        <Field label={tt.clipStart}>
          {(ids) => (
            <Input
              type="number"
              min={0}
              step={0.1}
              {...ids}
              value={own.start_seconds}
              onChange={(event) => {
                const start_seconds = Math.max(0, Number(event.target.value));
                const all = pictures.map((each) => (each === own ? { ...each, start_seconds } : each));
                put({ pictures: all }, "Trimmed a clip.", `start ${scene.id}`);
              }}
            />
          )}
        </Field>
      )}
      <Field label={tt.ownSound}>
        {(ids) => (
          <Select
            {...ids}
            value={section.own_sound}
            onChange={(event) =>
              put({ own_sound: event.target.value as Section["own_sound"] }, "Changed a clip's sound.")
            }
          >
            {Object.entries(tt.ownSounds).map(([kind, name]) => (
              <option key={kind} value={kind}>
                {name}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </>
  );
}

function Title({ room: { edits }, section }: { room: FilmRoom; section: Section }) {
  const { document } = edits;
  const draft = useDraft(section.on_screen, (on_screen) =>
    edits.apply(
      {
        ...document,
        sections: document.sections.map((each) => (each.id === section.id ? { ...each, on_screen } : each)),
      },
      "Changed a title.",
    ),
  );
  return <Field label={tt.title}>{(ids) => <Input maxLength={300} {...ids} {...draft.field} />}</Field>;
}
