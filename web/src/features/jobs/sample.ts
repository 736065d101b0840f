// The sample batch: what it is made of lies beside the page, and costs nothing to make.
import { createJob, startJob, uploadBatch } from "@/api";
import { firstStepsStrings } from "@/strings/first-steps";

const PROMPTS = [
  "Misty mountain ranges at dawn, fog drifting through the valleys. Slow push in toward the sun.",
  "A calm sea at sunset, a lone sailboat on the horizon. The camera pans slowly to the right.",
  "A city skyline at night after rain, lit windows mirrored in the wet street. Slow pull back.",
];

/** Make the sample's job and start it. Return its id. Rejects with a problem. */
export async function makeSample(): Promise<string> {
  const images = await Promise.all(
    PROMPTS.map(async (_, index) => {
      const name = `${index + 1}.jpg`;
      const answer = await fetch(`/sample/${name}`);
      if (!answer.ok) throw new Error(name);
      return new File([await answer.blob()], name, { type: "image/jpeg" });
    }),
  );
  const body = {
    job_name: firstStepsStrings.sampleName,
    settings: { provider: "animatic", aspect_ratio: "9:16", duration_seconds: 4 },
  };
  const { data } = await createJob({ body, throwOnError: true });
  const path = { job_id: data.job_id };
  const prompts_text = PROMPTS.map((each, index) => `${index + 1}. ${each}`).join("\n");
  await uploadBatch({ path, body: { images, prompts_text }, throwOnError: true });
  await startJob({ path, throwOnError: true });
  return data.job_id;
}
