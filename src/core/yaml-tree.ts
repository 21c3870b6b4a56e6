// The shape of a YAML document before its scalars mean anything: what `yaml.ts` hands to `yaml-convert.ts`.

interface Common {
  /** Offset in the text. */
  readonly offset: number;
  /** Fully qualified explicit tag. */
  readonly tag: string | null;
  readonly anchor: string | null;
}

export interface ScalarNode extends Common {
  readonly kind: "scalar";
  readonly text: string;
  readonly isPlain: boolean;
}

export interface MappingNode extends Common {
  readonly kind: "map";
  readonly pairs: readonly { readonly key: YamlNode; readonly value: YamlNode }[];
}

export interface ListNode extends Common {
  readonly kind: "seq";
  readonly items: readonly YamlNode[];
}

export interface AliasNode extends Common {
  readonly kind: "alias";
  readonly name: string;
}

export type YamlNode = ScalarNode | MappingNode | ListNode | AliasNode;
