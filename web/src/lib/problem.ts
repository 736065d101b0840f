import type { Problem } from "@/api";
import { appStrings } from "@/strings/app";

/** What a failed request is told as. Everything the API refuses is a problem; the rest is the network. */
export function problemOf(error: unknown): Problem {
  if (isProblem(error)) return error;
  return {
    type: "urn:rushes:problem:unreachable",
    title: appStrings.problems.unreachable,
    status: 0,
    detail: appStrings.problems.unreachableDetail,
    code: "unreachable",
    actor: "operator",
    hint: appStrings.problems.unreachableHint,
  };
}

function isProblem(error: unknown): error is Problem {
  return typeof error === "object" && error !== null && "code" in error && "detail" in error;
}

/** One line for a toast. */
export function said(error: unknown): string {
  const { detail, hint } = problemOf(error);
  return hint ? `${detail} ${hint}` : detail;
}
