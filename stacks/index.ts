import { program } from "./blueprints";
import { credentials } from "./credentials";

credentials(process.env);

export = program();
