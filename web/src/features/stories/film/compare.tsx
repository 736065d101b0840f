import { useRef, useState } from "react";
import type { FilmView } from "@/api";
import { Button } from "@/components/ui/button";
import { Dialog } from "@/components/ui/dialog";
import { Select } from "@/components/ui/field";
import { filmStrings } from "@/strings/story-film";

const tf = filmStrings.film;

/** Two versions side by side, played together. */
export function Compare({ films, onClose }: { films: FilmView[]; onClose: () => void }) {
  const [shown, setShown] = useState([films[1]?.film_id, films[0]?.film_id]);
  const [playing, setPlaying] = useState(false);
  const videos = useRef<(HTMLVideoElement | null)[]>([]);
  function toggle(): void {
    const [first, second] = videos.current;
    if (!first || !second) return;
    if (playing) for (const each of [first, second]) each.pause();
    else {
      second.currentTime = first.currentTime;
      for (const each of [first, second]) void each.play();
    }
    setPlaying(!playing);
  }
  return (
    <Dialog
      open
      onClose={onClose}
      title={tf.compareTitle}
      footer={
        <Button kind="primary" onClick={toggle}>
          {playing ? tf.pauseBoth : tf.playBoth}
        </Button>
      }
    >
      <div className="grid grid-cols-2 gap-3">
        {[tf.compareLeft, tf.compareRight].map((side, index) => {
          const film = films.find((each) => each.film_id === shown[index]);
          return (
            <div key={side} className="flex min-w-0 flex-col gap-2">
              <Select
                aria-label={side}
                value={shown[index] ?? ""}
                onChange={(event) =>
                  setShown(shown.map((each, place) => (place === index ? event.target.value : each)))
                }
              >
                {films.map((each) => (
                  <option key={each.film_id} value={each.film_id}>
                    {tf.version(each.version)}
                  </option>
                ))}
              </Select>
              <video
                ref={(video) => {
                  videos.current[index] = video;
                }}
                muted={index === 0}
                playsInline
                src={film?.files["film.mp4"]}
                onEnded={() => setPlaying(false)}
                onSeeked={(event) => {
                  const other = videos.current[1 - index];
                  const at = event.currentTarget.currentTime;
                  if (other && index === 0 && Math.abs(other.currentTime - at) > 0.05) other.currentTime = at;
                }}
                controls={index === 0}
                className="max-h-[55vh] w-full rounded-md bg-black"
              />
            </div>
          );
        })}
      </div>
    </Dialog>
  );
}
