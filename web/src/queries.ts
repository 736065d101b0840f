import { QueryClient } from "@tanstack/react-query";
import { problemOf } from "@/lib/problem";

const MOST_RETRIES = 3;

/** An answer is an answer; only a server that is away or in trouble is asked again. */
export function worthAnother(times: number, error: unknown): boolean {
  const { status } = problemOf(error);
  return times < MOST_RETRIES && (status === 0 || status >= 500);
}

/** What the server said, kept. It says itself when that is old (lib/live.ts), so nothing is polled. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: worthAnother,
    },
  },
});
