// The open project of generation B, kept up to date by polling.
import { boot, wait } from "../dom.js";
import { readOperation, rest, trpc } from "./api.js";

let refused = 0;

export const project = {
  id: "", title: "", credits: null, media: new Map(), order: [], listeners: new Set(), onCredits() {},

  changed() {
    for (const tell of this.listeners) tell();
  },
  async load(id) {
    this.id = id;
    const found = await trpc("project.getProject", [id]);
    this.title = found.projectTitle;
    this.order = found.media.map((each) => this.take(each).id);
    this.changed();
    this.watch();
    this.credits = (await rest("credits")).credits;
    this.onCredits();
  },
  take(operation, prompt) {
    const read = readOperation(operation);
    const known = this.media.get(read.id);
    const media = { ...known, ...read, prompt: read.prompt ?? known?.prompt ?? prompt ?? "" };
    // A complaint may still turn into a video.
    if (media.phase === "failed" && media.complaint === "Media not found.") media.phase = "running";
    this.media.set(media.id, media);
    return media;
  },
  add(operations, prompt) {
    for (const operation of operations) {
      const media = this.take(operation, prompt);
      if (!this.order.includes(media.id)) this.order.unshift(media.id);
    }
    this.changed();
    this.watch();
  },
  addRefused(prompt, text) {
    const id = `refused-${refused++}`;
    this.media.set(id, { id, kind: "video", phase: "failed", complaint: text, prompt, title: "" });
    this.order.unshift(id);
    this.changed();
  },
  remove(id) {
    this.order = this.order.filter((each) => each !== id);
    this.changed();
    if (!id.startsWith("refused")) trpc("media.delete", [id]);
  },
  pending() {
    return this.order.filter((id) => ["queued", "running"].includes(this.media.get(id).phase));
  },
  async watch() {
    if (this.watching) return;
    this.watching = true;
    while (this.pending().length) {
      await wait(boot.poll_seconds);
      try {
        const asked = { operations: this.pending().map((name) => ({ operation: { name } })) };
        const { operations, remainingCredits } = await rest("batchCheckAsyncVideoGenerationStatus", asked);
        for (const operation of operations) this.take(operation);
        this.credits = remainingCredits;
        this.changed();
      } catch {
        await wait(boot.poll_seconds * 5); // signed out, or no network: the page goes on asking
      }
    }
    this.watching = false;
  },
};
