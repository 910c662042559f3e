import { type CallToolResult, Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

/** Longer than the longest wait of a tool. */
const PATIENCE_MS = 310_000;

/** The official client, connected to the MCP server of a depute server, with a key. */
export class McpClient implements AsyncDisposable {
  readonly client: Client;

  private constructor(client: Client) {
    this.client = client;
  }

  /** By the handshake of 2025 unless `options` say to negotiate. */
  static async connect(serverUrl: string, key: string, options: ClientOptions = {}): Promise<McpClient> {
    const client = new Client({ name: "a test", version: "1.0.0" }, options);
    const requestInit = { headers: { authorization: `Bearer ${key}` } };
    await client.connect(new StreamableHTTPClientTransport(new URL("/mcp", serverUrl), { requestInit }));
    return new McpClient(client);
  }

  /** Calls a tool, which the client holds against its output schema; `told` collects the progress. */
  async call(name: string, given: object, told?: string[], signal?: AbortSignal): Promise<CallToolResult> {
    const onprogress = ({ message }: { message?: string | undefined }) => void told?.push(message ?? "");
    const options = { timeout: PATIENCE_MS, ...(told && { onprogress }), ...(signal && { signal }) };
    return (await this.client.callTool({ name, arguments: { ...given } }, options)) as CallToolResult;
  }

  /** The data of a tool's result. Throws with its text when it is an error. */
  async data<Data>(name: string, given: object, told?: string[]): Promise<Data> {
    const { isError, structuredContent, content } = await this.call(name, given, told);
    if (isError === true) throw new Error(JSON.stringify(content));
    return structuredContent as Data;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.client.close();
  }
}
