import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { type CheckData, check, type Pairing, type Reading, type UploadCheck } from "@/api";
import { type BatchSettings, toBody } from "@/lib/batch-settings";
import { type Row, toPairs } from "./rows";

export type Asked = {
  settings: BatchSettings;
  names: readonly string[];
  dates: Readonly<Record<string, number>>;
  prompts: readonly File[];
  pasted: string | null;
  pair: Pairing | null;
  reading: Reading | null;
  rows: readonly Row[] | null;
};

const TYPING_MS = 350;

/** What the server says of what is there now: asked again a moment after each change. */
export function useCheck(asked: Asked) {
  const key = keyOf(asked);
  const [settled, setSettled] = useState({ key, asked });
  const latest = useRef(asked);
  latest.current = asked;
  useEffect(() => {
    const timer = setTimeout(() => setSettled({ key, asked: latest.current }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [key]);
  const { names, prompts, pasted, rows } = settled.asked;
  const anything = names.length > 0 || prompts.length > 0 || Boolean(pasted?.trim()) || Boolean(rows?.length);
  const answer = useQuery<UploadCheck>({
    queryKey: ["check", settled.key],
    queryFn: async ({ signal }) => {
      const { data } = await check({ body: bodyOf(settled.asked), signal, throwOnError: true });
      return data;
    },
    enabled: anything,
    staleTime: Number.POSITIVE_INFINITY,
    placeholderData: keepPreviousData,
  });
  const last = useRef(answer.data);
  if (answer.data) last.current = answer.data; // when it is refused as a whole, the pairs stay as they were
  return {
    report: anything ? (answer.data ?? (answer.error ? last.current : undefined)) : undefined,
    error: answer.error,
    again: () => answer.refetch(),
    /** The answer is about something that is not there any more. */
    pending: anything && (settled.key !== key || answer.isFetching || answer.isPlaceholderData),
  };
}

function bodyOf({ settings, names, dates, prompts, pasted, pair, reading, rows }: Asked): CheckData["body"] {
  return {
    settings: JSON.stringify(toBody(settings)),
    images: JSON.stringify(names),
    dates: JSON.stringify(dates),
    ...(pair ? { pair } : {}),
    ...(reading ? { reading } : {}),
    ...(rows
      ? { pairs: JSON.stringify(toPairs(rows, settings.textOnly)) }
      : pasted?.trim()
        ? { prompts_text: pasted }
        : prompts.length === 1
          ? { prompts_file: prompts[0] }
          : { texts: [...prompts] }),
  };
}

function keyOf({ settings, names, dates, prompts, pasted, pair, reading, rows }: Asked): string {
  const files = prompts.map((each) => [each.name, each.size, each.lastModified]);
  const matched = [pasted, files, pair, reading, dates];
  return JSON.stringify([settings, names, rows ? toPairs(rows, settings.textOnly) : matched]);
}
