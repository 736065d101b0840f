import { useEffect, useLayoutEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import type { PreviewView } from "@/api";
import { filmStrings } from "@/strings/story-film";
import type { Doc } from "./document";
import { buildFilm, type Film } from "./film-model";
import { createPlayer, type Player, type PlayerState } from "./player-store";

/** A player of a story's film, for as long as what shows it is there. */
export function usePlayer(
  storyId: string,
  document: Doc,
  preview: PreviewView | undefined,
): { player: Player | null; film: Film | null } {
  const [player, setPlayer] = useState<Player | null>(null);
  useEffect(() => {
    const made = createPlayer(storyId, { missing: filmStrings.preview.missing });
    setPlayer(made);
    return () => {
      made.close();
      setPlayer(null);
    };
  }, [storyId]);
  const film = useMemo(() => (preview ? buildFilm(document, preview) : null), [document, preview]);
  useLayoutEffect(() => {
    if (player && film && preview) player.update(film, document, preview);
  }, [player, film, document, preview]);
  return { player, film };
}

/** What of a player's state a component shows: it is drawn again when that changes, and not for every frame. */
export function usePlayed<T extends string | number | boolean>(
  player: Player,
  pick: (state: PlayerState) => T,
): T {
  return useSyncExternalStore(player.subscribe, () => pick(player.get()));
}

/** Do something for every frame without drawing the component again. */
export function useEachFrame(player: Player | null, show: (state: PlayerState) => void): void {
  const latest = useRef(show);
  latest.current = show;
  useEffect(() => {
    if (!player) return;
    const tell = () => latest.current(player.get());
    tell();
    return player.subscribe(tell);
  }, [player]);
}
