import { type Case, env, kube, open, pod, text } from "./case";
export const edgeTexts: readonly string[] = [];
export const edgeStacks: Record<string, readonly (readonly any[])[]> = {};
