import type { ErrorType, VideoView } from "@/api";

/** Why a provider will not make a prompt or image. */
export const REFUSALS: ReadonlySet<ErrorType> = new Set<ErrorType>([
  "policy_violation",
  "prominent_people",
  "minors",
  "copyright",
  "bad_input",
]);

/** Whether the provider will not make this prompt or image: only other ones help. */
export function isRefused({ status, error_type }: VideoView): boolean {
  return (status === "failed" || status === "waiting") && error_type !== null && REFUSALS.has(error_type);
}
