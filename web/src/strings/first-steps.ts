// Words of the first three steps.
export const firstStepsStrings = {
  title: "First steps",
  hide: "Hide",
  sample: "Try a sample batch",
  sampleText: "Three pictures become three free previews. It takes about a minute and costs nothing.",
  sampleDo: "Make the sample",
  sampleMaking: "Making…",
  sampleOpen: "Open it",
  sampleName: "Sample",
  key: "Add a key",
  keyText: "A paid provider turns the same images and prompts into AI video.",
  keyDo: "Add a key",
  keyGet: "Get one from Google",
  job: "Make your first own job",
  jobText: "Drop your images and prompts anywhere on this page.",
  jobDo: "New job",
  done: "Done",
} as const;
