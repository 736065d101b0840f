import { QueryClient } from "@tanstack/react-query";
import { expect, test, vi } from "vitest";
import * as api from "./api";
import type { Story } from "./document";
import { keys, read } from "./use-story";

const ID = "one";
const version = (number: number) => ({ story_id: ID, version: number }) as unknown as Story;

function slowly() {
  let answer: (story: Story) => void = () => {};
  const answered = new Promise<Story>((done) => {
    answer = done;
  });
  vi.spyOn(api, "readStory").mockReturnValue(answered as unknown as ReturnType<typeof api.readStory>);
  return (story: Story) => answer(story);
}

test("an answer to an edit that came while the story was read stays", async () => {
  const client = new QueryClient();
  client.setQueryData(keys.story(ID), version(1));
  const answer = slowly();
  const story = read(ID)({ client });
  client.setQueryData(keys.story(ID), version(2));
  answer(version(1));
  expect((await story).version).toBe(2);
});

test("what the server has counts when nothing else came, also an older version", async () => {
  const client = new QueryClient();
  client.setQueryData(keys.story(ID), version(3));
  const answer = slowly();
  const story = read(ID)({ client });
  answer(version(1));
  expect((await story).version).toBe(1);
});
