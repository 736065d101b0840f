// Under which keys answers about a story are kept. Apart from the rest of stories: what begins before a page is there
// uses them too, and no other page loads the code of stories.
export const storyKey = (id: string) => ["stories", "one", id, "story"] as const;

/** Below the key of its story: an event of the story has it asked for again. */
export const previewKey = (id: string) => ["stories", "one", id, "preview"] as const;
