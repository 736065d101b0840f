import type { VideoView } from "@/api";

/** A shot and those of its takes that are shown. */
export type Shot = { id: string; number: number; first: VideoView; takes: VideoView[] };

/** Takes by shot, in the order in which they come (the server sorts by shot and take). */
export function byShot(videos: readonly VideoView[]): Shot[] {
  const shots = new Map<string, Shot>();
  for (const video of videos) {
    const shot = shots.get(video.shot_id);
    if (shot) shot.takes.push(video);
    else {
      const { shot_id: id, prompt_number: number } = video;
      shots.set(id, { id, number, first: video, takes: [video] });
    }
  }
  return [...shots.values()];
}

/** Failed takes of the same shot that were asked for in the same words: what one new prompt replaces. */
export function failedAlike(videos: readonly VideoView[], video: VideoView): VideoView[] {
  return videos.filter(
    (each) =>
      each.shot_id === video.shot_id && each.status === "failed" && each.prompt_text === video.prompt_text,
  );
}

/** Takes that one prompt stands for: those of a shot that were asked for in the same words. */
export function samePrompts(videos: readonly VideoView[]): { prompt: string; takes: VideoView[] }[] {
  const groups = new Map<string, { prompt: string; takes: VideoView[] }>();
  for (const video of videos) {
    const key = `${video.shot_id} ${video.status === "completed"} ${video.prompt_text}`;
    const group = groups.get(key);
    // Of finished ones a single new take is made; failed ones are each replaced.
    if (!group) groups.set(key, { prompt: video.prompt_text, takes: [video] });
    else if (video.status !== "completed") group.takes.push(video);
  }
  return [...groups.values()];
}

/** One take of each shot, to make more of. */
export function onePerShot(videos: readonly VideoView[]): VideoView[] {
  return byShot(videos).map((each) => each.first);
}
