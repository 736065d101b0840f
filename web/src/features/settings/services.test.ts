import { expect, test } from "vitest";
import type { ProviderView } from "@/api";
import { isFree, keyFields, servicesOf } from "./services";

function provider(id: string, service: string, more: Partial<ProviderView> = {}): ProviderView {
  return {
    id,
    title: id.toUpperCase(),
    modes: [],
    models: [],
    options: {},
    max_outputs: 1,
    max_prompt_chars: 1,
    concurrency: 1,
    service,
    service_title: service,
    ...more,
  };
}

const NAME = { properties: { region: { type: "string", description: "Where." } } };

test("providers of one service stand together, and what needs a key comes first", () => {
  const services = servicesOf([
    provider("free", "free"),
    provider("omni", "google", { needs: "key" }),
    provider("fal", "fal", { needs: "key" }),
    provider("veo", "google", { needs: "key" }),
  ]);
  expect(services.map((each) => [each.id, each.providers.map((own) => own.id)])).toEqual([
    ["google", ["omni", "veo"]],
    ["fal", ["fal"]],
    ["free", ["free"]],
  ]);
  expect(services.map(isFree)).toEqual([false, false, true]);
});

test("what goes with a key is asked for once, and says whose it is where there are several", () => {
  const two = [provider("omni", "google"), provider("veo", "google", { key_fields: NAME })];
  expect(keyFields(two).map((each) => each.hint)).toEqual(["VEO: Where."]);
  expect(keyFields([...two, ...two]).length).toBe(1);
  expect(keyFields([provider("veo", "veo", { key_fields: NAME })])[0]?.hint).toBe("Where.");
});
