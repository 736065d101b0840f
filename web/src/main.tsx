import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Toaster } from "sonner";
import type { EntryPage } from "@/features/people/entry";
import { entryOf, whenSignedOut } from "@/features/people/gate";
import { whenIdle } from "@/lib/idle";
import { follow } from "@/lib/live";
import { followNotices } from "@/lib/notices";
import { followSystemTheme } from "@/lib/theme";
import { fetchPages, router } from "@/routes/router";
import { takeBegun } from "./begun";
import { queries } from "./queries";
import "@/styles.css";

followSystemTheme();
const begun = takeBegun(queries);
follow(queries);
followNotices(queries, (jobId) =>
  jobId ? router.navigate({ to: "/jobs/$jobId", params: { jobId } }) : router.navigate({ to: "/" }),
);

const PAGES_AFTER_MS = 4000;
setTimeout(() => whenIdle(fetchPages), PAGES_AFTER_MS);

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");
await begun;
const drawn = createRoot(root);
const showEntry = async (page: EntryPage) => {
  const { Entry } = await import("@/features/people/entry");
  drawn.render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <Entry page={page} />
      </QueryClientProvider>
    </StrictMode>,
  );
};
const page = entryOf(window.location.pathname);
if (page) void showEntry(page);
else whenSignedOut(queries, () => void showEntry("sign-in"));
const app = (
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
      <Toaster
        position="bottom-right"
        offset={{ bottom: 72, right: 24 }}
        mobileOffset={{ bottom: 80 }}
        toastOptions={{
          className: "font-sans",
          // The library's own grey cannot be read on dark.
          classNames: { description: "text-muted!" },
          style: {
            // Also while a dialog has the page: what was deleted there can be undone.
            pointerEvents: "auto",
            background: "var(--surface)",
            color: "var(--text)",
            borderColor: "var(--line-strong)",
          },
          actionButtonStyle: { background: "var(--accent)", color: "var(--on-accent)", fontWeight: 600 },
        }}
      />
    </QueryClientProvider>
  </StrictMode>
);
if (!page) drawn.render(app);
