// What it costs to make a part of a story anew, or the whole in another shape or language: by the server's estimate.
import type { StoryEstimate } from "@/api";
import { estimateNew } from "@/features/stories/api";
import { type Change, type Doc, merged, type Story } from "@/features/stories/document";

const STEP = { picture: "pictures", scene: "scenes", speech: "voice" } as const;
type What = keyof typeof STEP;
export type Price = { cost: number; known: boolean };

export const redoKey = (
  story: Story,
  sectionId: string,
  what: What,
  provider: string,
  prompt: string | null,
) => ["stories", "one", story.story_id, "redo", sectionId, what, provider, prompt === null] as const;

function estimate(document: Doc): Promise<StoryEstimate> {
  const { sections, text: _, ...settings } = document;
  type Body = Parameters<typeof estimateNew>[0];
  return estimateNew({ settings, sections } as unknown as Body);
}

/** The price of one part of one section, as if nothing of it were there. */
export async function priceOfRedo(
  story: Story,
  sectionId: string,
  what: What,
  change: Change | null,
): Promise<Price> {
  const section = story.document.sections.find((each) => each.id === sectionId);
  if (!section) return { cost: 0, known: true };
  const sections = [merged(section, change ?? {})];
  const found = await estimate({ ...story.document, sections });
  return { cost: Number(found.cost_by_step[STEP[what]] ?? 0), known: found.price_known };
}

/** The price of a copy in another shape: its speech is shared, its pictures and scene videos may be too. */
export async function priceOfShape(story: Story, shape: string): Promise<Price> {
  const found = await estimate({ ...story.document, shape: shape as Doc["shape"] });
  const { pictures = "0", scenes = "0" } = found.cost_by_step;
  return { cost: Number(pictures) + Number(scenes), known: found.price_known };
}

/** The price of a translation: the words and the voice; pictures and scenes are shared. */
export async function priceOfLanguage(story: Story): Promise<Price> {
  const found = await estimate(story.document);
  return {
    cost: Number(found.cost_by_step.voice ?? 0) + Number(found.rewrite_cost),
    known: true,
  };
}
