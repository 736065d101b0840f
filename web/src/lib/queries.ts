import { QueryClient } from "@tanstack/react-query";
import { problemOf } from "@/lib/problem";

const MOST_RETRIES = 3;

/** What the server said, kept. It says itself when that is old (lib/live.ts), so nothing is polled. */
export const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      // An answer is an answer; only a server that is away or in trouble is asked again.
      retry: (times, error) => {
        const { status } = problemOf(error);
        return times < MOST_RETRIES && (status === 0 || status >= 500);
      },
    },
  },
});
