import { livesAndLeavesNothing } from "./life";

describe("crisis-exoscale", () => livesAndLeavesNothing("crisis-exoscale"));
