/** Roles and keys of the provider's own interface, in the manner of resources.ts. */
import * as pulumi from "@pulumi/pulumi";
import { options } from "./plugin";

type Text = pulumi.Input<string>;

export interface IamRolePolicyServicesRuleArgs {
  readonly action?: Text;
  readonly expression?: Text;
  readonly resources?: pulumi.Input<Text[]>;
}

export interface IamRolePolicyServicesArgs {
  readonly rules?: pulumi.Input<pulumi.Input<IamRolePolicyServicesRuleArgs>[]>;
  readonly type?: Text;
}

export interface IamRolePolicyArgs {
  readonly defaultServiceStrategy?: Text;
  readonly services?: pulumi.Input<Record<string, pulumi.Input<IamRolePolicyServicesArgs>>>;
}

export interface IamRoleArgs {
  readonly description?: Text;
  readonly editable?: pulumi.Input<boolean>;
  readonly labels?: pulumi.Input<Record<string, Text>>;
  readonly name?: Text;
  readonly permissions?: pulumi.Input<Text[]>;
  readonly policy?: pulumi.Input<IamRolePolicyArgs>;
  readonly timeouts?: pulumi.Input<object>;
}

export class IamRole extends pulumi.CustomResource {
  static readonly type = "exoscale:index/iamRole:IamRole";
  constructor(name: string, args: IamRoleArgs, opts?: pulumi.CustomResourceOptions) {
    super(IamRole.type, name, { ...args }, options(opts));
  }
}

export interface IamApiKeyArgs {
  readonly name?: Text;
  readonly roleId: Text;
  readonly timeouts?: pulumi.Input<object>;
}

export class IamApiKey extends pulumi.CustomResource {
  static readonly type = "exoscale:index/iamApiKey:IamApiKey";
  declare readonly key: pulumi.Output<string>;
  declare readonly secret: pulumi.Output<string>;
  constructor(name: string, args: IamApiKeyArgs, opts?: pulumi.CustomResourceOptions) {
    super(IamApiKey.type, name, { ...args, key: undefined, secret: undefined }, options(opts));
  }
}
