// The calls of stories. Typed by the generated client, but not taken from it: its functions are one file that every
// page loads at once, and no other page needs these.
import type {
  AddSectionData,
  AskForAnotherData,
  BatchView,
  CreateStoryBatchData,
  CreateStoryData,
  DuplicateStoryData,
  FilmView,
  ImproveScript,
  ImproveStoryData,
  MergeSectionsData,
  PicturePrompt,
  PreviewVoice,
  ProviderView,
  ReadStoriesData,
  Recommendation,
  RecommendImagesData,
  ReorderSectionsData,
  ScriptAnalysis,
  ScriptJob,
  SectionPictures,
  SectionSpeech,
  SpeechJob,
  SplitSectionData,
  StoryDocument,
  StoryEstimate,
  StoryPage,
  StoryView,
  StoryWork,
  TimelineView,
  TranslateStoryData,
  UpdateSectionData,
  UpdateStoryData,
  UploadedFile,
  VersionView,
  VoiceListing,
} from "@/api";
import { client } from "@/api/client.gen";

type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
type Asked = { path?: Record<string, string | number>; query?: object | undefined; body?: unknown };

async function ask<R>(method: Method, url: string, asked: Asked = {}): Promise<R> {
  const { path = {}, query, body } = asked;
  const { data } = await client.request<R, unknown, true>({
    method,
    url: `/api${url}`,
    path,
    ...(query ? { query: query as Record<string, unknown> } : {}),
    ...(body === undefined ? {} : { body, headers: { "Content-Type": "application/json" } }),
    throwOnError: true,
  });
  return data as R;
}

const ONE = "/stories/{story_id}";
const PART = `${ONE}/sections/{section_id}`;
const of = (story_id: string) => ({ path: { story_id } });
const part = (story_id: string, section_id: string) => ({ path: { story_id, section_id } });

export const readStories = (query: ReadStoriesData["query"]) => ask<StoryPage>("GET", "/stories", { query });
export const readStory = (id: string) => ask<StoryView>("GET", ONE, of(id));
export const createStory = (body: CreateStoryData["body"]) => ask<StoryView>("POST", "/stories", { body });
export const deleteStory = (id: string) => ask<void>("DELETE", ONE, of(id));
export const updateStory = (id: string, body: UpdateStoryData["body"]) =>
  ask<StoryView>("PATCH", ONE, { ...of(id), body });
export const runStory = (id: string, until: StoryView["until"]) =>
  ask<StoryWork>("POST", `${ONE}/run`, { ...of(id), body: { until } });
export const cancelStory = (id: string) => ask<StoryView>("POST", `${ONE}/cancel`, of(id));
export const readEstimate = (id: string) => ask<StoryEstimate>("GET", `${ONE}/estimate`, of(id));
export const estimateNew = (body: CreateStoryData["body"]) =>
  ask<StoryEstimate>("POST", "/stories/estimate", { body });
export const duplicateStory = (id: string, body: DuplicateStoryData["body"]) =>
  ask<StoryView>("POST", `${ONE}/duplicate`, { ...of(id), body });
export const translateStory = (id: string, body: TranslateStoryData["body"]) =>
  ask<StoryView>("POST", `${ONE}/translate`, { ...of(id), body });
export const improveStory = (id: string, body: ImproveStoryData["body"]) =>
  ask<StoryWork>("POST", `${ONE}/improve`, { ...of(id), body });

export const addSection = (id: string, body: AddSectionData["body"]) =>
  ask<StoryView>("POST", `${ONE}/sections`, { ...of(id), body });
export const updateSection = (id: string, section: string, body: UpdateSectionData["body"]) =>
  ask<StoryView>("PATCH", PART, { ...part(id, section), body });
export const removeSection = (id: string, section: string) =>
  ask<StoryView>("DELETE", PART, part(id, section));
export const splitSection = (id: string, section: string, body: SplitSectionData["body"]) =>
  ask<StoryView>("POST", `${PART}/split`, { ...part(id, section), body });
export const mergeSections = (id: string, section: MergeSectionsData["path"]["section_id"]) =>
  ask<StoryView>("POST", `${PART}/merge`, part(id, section));
export const reorderSections = (id: string, body: ReorderSectionsData["body"]) =>
  ask<StoryView>("PUT", `${ONE}/sections/order`, { ...of(id), body });
export const askForAnother = (id: string, section: string, what: AskForAnotherData["body"]["what"]) =>
  ask<StoryView>("POST", `${PART}/another`, { ...part(id, section), body: { what } });

export const readAnalysis = (id: string) => ask<ScriptAnalysis>("GET", `${ONE}/analysis`, of(id));
export const readVersions = (id: string) => ask<VersionView[]>("GET", `${ONE}/versions`, of(id));
export const readVersion = (story_id: string, number: number) =>
  ask<StoryDocument>("GET", `${ONE}/versions/{number}`, { path: { story_id, number } });
export const restoreVersion = (story_id: string, number: number) =>
  ask<StoryView>("POST", `${ONE}/versions/{number}/restore`, { path: { story_id, number } });

export const readSpeech = (id: string) => ask<SectionSpeech[]>("GET", `${ONE}/speech`, of(id));
export const readVoices = (language: string) =>
  ask<VoiceListing>("GET", "/tts/voices", { query: { language } });
export const previewVoice = (body: PreviewVoice) => ask<SpeechJob>("POST", "/tts/preview", { body });
export const readSpeechJob = (job_id: string) =>
  ask<SpeechJob>("GET", "/tts/status/{job_id}", { path: { job_id } });
export const improveScript = (body: ImproveScript) => ask<ScriptJob>("POST", "/scripts/improve", { body });
export const readScriptJob = (id: string) => ask<ScriptJob>("GET", "/scripts/{id}", { path: { id } });

export const readPictures = (id: string) => ask<SectionPictures[]>("GET", `${ONE}/pictures`, of(id));
export const readTimeline = (id: string) => ask<TimelineView>("GET", `${ONE}/timeline`, of(id));
export const readFilms = (id: string) => ask<FilmView[]>("GET", `${ONE}/films`, of(id));
export const recommendImages = (body: RecommendImagesData["body"]) =>
  ask<Recommendation>("POST", "/images/recommend", { body });
export const describeImages = (narration: string, language: string) =>
  ask<{ prompts: PicturePrompt[] }>("POST", "/images/prompts", {
    body: { narrations: [{ narration }], language },
  });
export const readProvidersOf = (kind: NonNullable<ProviderView["kind"]>) =>
  ask<ProviderView[]>("GET", "/providers", { query: { kind } });

export const createBatch = (body: CreateStoryBatchData["body"]) => ask<BatchView>("POST", "/batch", { body });
export const readBatch = (batch_id: string) =>
  ask<BatchView>("GET", "/batch/{batch_id}", { path: { batch_id } });
export const retryBatch = (batch_id: string) =>
  ask<{ retried: number }>("POST", "/batch/{batch_id}/retry", { path: { batch_id } });

/** What a file of a story is for, in the server's words. */
export type UploadUse = "picture" | "music" | "watermark" | "recording";

/** Send a person's own file. */
export async function uploadFile(
  story_id: string,
  file: File,
  use: UploadUse,
  text = "",
): Promise<UploadedFile> {
  const form = new FormData();
  form.append("use", use);
  if (text) form.append("text", text);
  form.append("file", file);
  const answer = await fetch(`/api/stories/${story_id}/uploads`, { method: "POST", body: form });
  const said: unknown = await answer.json().catch(() => null);
  if (!answer.ok) throw said;
  return said as UploadedFile;
}
