import { useState } from "react";
import { EMPTY, type Pile, problems, toForm } from "@/lib/pile";
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
    send: (toJob: () => Promise<string>) => send(toForm(pile, text), toJob),
    stop,
  };
}
