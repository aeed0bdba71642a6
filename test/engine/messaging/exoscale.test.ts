import { goesUp } from "./up";

describe("messaging-exoscale", () => goesUp("messaging-exoscale", ["exoscale", "ComputeInstance"]));
