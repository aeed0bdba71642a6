import { aiModels, aiNames, aiProviders } from "../facts/ai";
import type { EntityId } from "../facts/entities";
import { at, type Value } from "./value";

/** The party that a word for a service means: with hyphens or underscores, in any case. */
export function providerOf(word: string): EntityId | undefined {
  const plain = word.trim().toLowerCase();
  const spellings = [plain, plain.split("-").join("_"), plain.replace(/[-_ ]/g, "")];
  return [...aiProviders, ...aiModels].find((row) => spellings.includes(row.word))?.party;
}

/** The party that a model's name means, alone or behind the word for a service: `anthropic/…`, `openai:gpt-4o`. */
export function modelOf(model: string): EntityId | undefined {
  const [, word = "", rest = ""] = /^([\w-]+)[/:](.+)$/.exec(model) ?? [];
  const listed = aiModels.find((row) => row.word === word)?.party;
  return (
    listed ??
    aiNames.find(({ pattern }) => pattern.test(/^(openai|azure|google|xai)$/.test(word) ? rest : model))?.party
  );
}

/** Whose service answers for a model, by its name or by the provider beside it. */
export function served(value: Value, key: string): { readonly word: string; readonly party: EntityId } | undefined {
  const named = at(value, "model") ?? at(value, "name");
  const provider = at(value, "provider") ?? at(value, "backend");
  // A name alone may be anybody's: it counts where it is a model's and a provider stands beside it.
  const isModel =
    at(value, "model") !== undefined ||
    (typeof named === "string" && typeof provider === "string" && aiNames.some(({ pattern }) => pattern.test(named)));
  const model = isModel ? named : undefined;
  if (typeof model !== "string") return undefined;
  const prefixed = aiModels.find(({ word }) => model.startsWith(`${word}/`));
  if (prefixed !== undefined) return prefixed;
  const ofOpenai = model.startsWith("openai/") ? modelOf(model) : undefined;
  if (ofOpenai !== undefined) return { word: model, party: ofOpenai };
  const word = typeof provider === "string" ? provider.toLowerCase() : undefined;
  const chosen = [...aiProviders, ...aiModels].find((row) => row.word === word);
  if (chosen !== undefined) return chosen;
  const alone = key === "litellm_params" ? aiNames.find(({ pattern }) => pattern.test(model)) : undefined;
  return alone === undefined ? undefined : { word: model, party: alone.party };
}
