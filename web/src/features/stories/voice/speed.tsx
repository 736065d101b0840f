import { useEffect, useState } from "react";
import { Field } from "@/components/ui/field";
import { voiceStrings as words } from "@/strings/story-voice";

const PAUSE_MS = 500;

type Props = { value: number; onChange: (value: number) => void };

/** How fast a voice speaks. Handed on once it rests, so that a drag is one version. */
export function Speed({ value, onChange }: Props) {
  const [speed, setSpeed] = useState(value);
  useEffect(() => setSpeed(value), [value]);
  useEffect(() => {
    if (speed === value) return;
    const timer = setTimeout(() => onChange(speed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [speed, value, onChange]);
  return (
    <Field
      label={words.speed}
      aside={<span className="tnum text-muted text-xs">{words.speedValue(speed)}</span>}
    >
      {(ids) => (
        <input
          {...ids}
          type="range"
          min={0.5}
          max={2}
          step={0.05}
          value={speed}
          aria-valuetext={words.speedValue(speed)}
          className="h-8 w-full"
          onChange={(event) => setSpeed(Number(event.target.value))}
        />
      )}
    </Field>
  );
}
