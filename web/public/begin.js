// What does not wait for the code of the page. It is small, and runs before the first paint.

// The theme, so that nobody sees the other one flash by. lib/theme.ts changes it later.
(() => {
  const chosen = localStorage.getItem("rushes.theme");
  const light = matchMedia("(prefers-color-scheme: light)").matches;
  document.documentElement.dataset.theme =
    chosen === "light" || chosen === "dark" ? chosen : light ? "light" : "dark";
})();

// A job and its videos are on their way while the code that shows them comes; src/begun.ts takes them over.
(() => {
  const [, jobId] = /^\/jobs\/([0-9a-f-]{36})$/.exec(location.pathname) ?? [];
  if (!jobId) return;
  // Whatever goes wrong here is asked for again, and told, by the page itself.
  const ask = (path) =>
    fetch(path)
      .then((answer) => (answer.ok ? answer.json() : undefined))
      .catch(() => undefined);
  const job = ask(`/api/jobs/${jobId}`);
  const videos = ask(`/api/jobs/${jobId}/videos`);
  window.begun = { jobId, job, videos };
  const first = 8; // about what is seen of a gallery first
  videos.then((all) => {
    if (location.search) return; // others are shown first, or one of them
    const urls = (all ?? []).map((each) => each.thumbnail_url).filter(Boolean);
    for (const href of urls.slice(0, first)) {
      document.head.append(
        Object.assign(document.createElement("link"), { rel: "preload", as: "image", href }),
      );
    }
  });
})();

// A story, what its tab plays and the code that shows both, in the same way.
(() => {
  const [, storyId, tab = "script"] =
    /^\/stories\/([0-9a-f-]{36})(?:\/([a-z]+))?\/?$/.exec(location.pathname) ?? [];
  if (!storyId) return;
  const ask = (path) =>
    fetch(path)
      .then((answer) => (answer.ok ? answer.json() : undefined))
      .catch(() => undefined);
  const early = (href, facts) =>
    document.head.append(Object.assign(document.createElement("link"), { href, ...facts }));
  // What the build has put into which file (web/story-files.ts).
  const files = JSON.parse(document.querySelector("meta[name=story-files]")?.content ?? "{}");
  for (const href of files[tab] ?? []) early(href, { rel: "modulepreload" });
  const plays = tab === "timeline" || tab === "look";
  const preview = plays ? ask(`/api/stories/${storyId}/preview`) : undefined;
  window.begunStory = { storyId, story: ask(`/api/stories/${storyId}`), preview };
  const first = 16; // about what is seen of a strip first
  if (tab !== "timeline") return;
  preview.then((all) => {
    const names = (all?.sections ?? []).flatMap((each) => each.pieces.map((piece) => piece.name));
    for (const name of new Set(names.slice(0, first))) {
      const shape = encodeURIComponent(all.shape);
      const href = `/api/stories/${storyId}/proxies/${name}?small=true&shape=${shape}`;
      early(href, { rel: "preload", as: "image" });
    }
  });
})();
