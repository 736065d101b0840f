import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import { entryOf, whenSignedOut } from "./gate";

const problem = (code: string) => ({
  code,
  detail: "x",
  status: 401,
  title: "x",
  type: "x",
  actor: "caller",
});

test("only the server's own word opens the sign-in, and once", async () => {
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const show = vi.fn();
  whenSignedOut(queries, show);
  for (const [key, error] of [
    ["network", new TypeError("away")],
    ["other", problem("forbidden")],
  ] as const) {
    await queries.prefetchQuery({ queryKey: [key], queryFn: () => Promise.reject(error) });
  }
  expect(show).not.toHaveBeenCalled();
  for (const key of ["a", "b"]) {
    await queries.prefetchQuery({
      queryKey: [key],
      queryFn: () => Promise.reject(problem("sign_in_needed")),
    });
  }
  expect(show).toHaveBeenCalledOnce();
});

test("links lead to their pages", () => {
  expect(["/invite", "/reset", "/setup", "/jobs/invite"].map(entryOf)).toEqual([
    "invite",
    "reset",
    "setup",
    undefined,
  ]);
});
