/** What a subscription is sent. */
export interface Payload<Data = unknown> {
  readonly data?: Data | null;
  readonly errors?: readonly { readonly message: string; readonly extensions?: Record<string, unknown> }[];
  readonly extensions?: { readonly dropped?: number };
}
