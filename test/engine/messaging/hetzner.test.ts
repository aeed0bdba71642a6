import { livesAndLeavesNothing } from "../crisis/life";

describe("messaging-hetzner", () => livesAndLeavesNothing("messaging-hetzner"));
