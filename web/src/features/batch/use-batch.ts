import { useState } from "react";
import { type Chosen, EMPTY, type Pile, problems, toForm } from "@/lib/pile";
import { useSend } from "./use-send";

export type PromptsFrom = "file" | "text";

/** Where prompts come from, and how that is changed. */
export type PromptsSource = {
  pile: Pile;
  from: PromptsFrom;
  pasted: string;
  sending: boolean;
  setPile: (pile: Pile) => void;
  setFrom: (from: PromptsFrom) => void;
  setPasted: (text: string) => void;
};

/** Files and prompts on their way to a job: what was chosen, and how far the upload is. */
export function useBatch() {
  const [pile, setPile] = useState<Pile>(EMPTY);
  const [from, setFrom] = useState<PromptsFrom>("file");
  const [pasted, setPasted] = useState("");
  const [chosen, setChosen] = useState<Chosen>({ pair: null, reading: null });
  const { phase, sending, changed, send, stop } = useSend();

  const text = from === "text" ? pasted : null;
  const empty =
    pile.images.length === 0 && !pile.zip && (text === null ? pile.prompts.length === 0 : !text.trim());

  return {
    pile,
    from,
    pasted,
    phase,
    sending,
    canSend: !empty && !sending && problems(pile).length === 0,
    setPile: (next: Pile) => {
      if (next.prompts.length > pile.prompts.length) setFrom("file");
      setChosen({ pair: null, reading: null });
      setPile(next);
      changed();
    },
    setFrom: (next: PromptsFrom) => {
      setFrom(next);
      changed();
    },
    setPasted: (next: string) => {
      setPasted(next);
      changed();
    },
    /** Sends it; `answer` is what was chosen of what the server had asked. */
    send: (toJob: () => Promise<string>, answer: Partial<Chosen> = {}) => {
      const now = { ...chosen, ...answer };
      setChosen(now);
      return send(toForm(pile, text, now), toJob);
    },
    stop,
  };
}
