import { livesAndLeavesNothing } from "./life";

describe("crisis-hetzner", () => livesAndLeavesNothing("crisis-hetzner"));
