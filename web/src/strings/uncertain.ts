// Words of the decision on many paid calls of which nobody knows whether they were accepted.
import { plural } from "@/lib/format";

const these = (n: number) => `these ${plural(n, "call")}`;

export const uncertainStrings = {
  open: "Decide together",
  title: "Were they accepted?",
  text: "Nobody knows whether the provider accepted (and billed) these. They count against your budgets until you decide.",
  of: { job: "Job", provider: "Provider", credential: "Key", since: "Sent from", until: "Sent before" },
  any: { job: "Any job", provider: "Any provider", credential: "Any key" },
  known: "What is known of them",
  none: "None fits. Change what you chose above.",
  kinds: { voice: "Voice-over", picture: "Picture", script: "Script" } as Record<string, string>,
  sent: (at: string) => `Sent ${at}`,
  notKnownSent: "Not known to be sent",
  accepted: "accepted by the provider",
  unanswered: "no answer",
  expected: (dollars: string) => `${dollars} expected`,
  billed: (dollars: string) => `${dollars} billed`,
  usage: (provider: string) => `What ${provider} shows as used`,
  decisions: {
    give_up: {
      do: (n: number) => (n === 1 ? "It was not made" : `None of ${these(n)} was made`),
      what: "Nothing came of them, nothing is counted as paid.",
    },
    made: {
      do: (n: number) => (n === 1 ? "It was made" : `All of ${these(n)} were made`),
      what: "They count as paid. The results themselves are lost here.",
    },
    retry: {
      do: (n: number) => (n === 1 ? "Ask for it again" : `Ask for ${these(n)} again`),
      what: "Whatever was accepted after all is paid a second time.",
    },
  },
  decided: (n: number) => `Decided on ${plural(n, "call")}`,
} as const;
