import type { CredentialView } from "@/api";
import type { Tone } from "@/components/ui/badge";

/** How the state of a key or an account is coloured. */
export const TONES: Record<CredentialView["state"], Tone> = {
  ready: "good",
  disabled: "neutral",
  invalid: "bad",
  needs_auth: "wait",
  needs_person: "wait",
  deleted: "neutral",
};
