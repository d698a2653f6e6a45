/** Newline-delimited JSON as a stream of objects. */

/** The connection broke, or could not be made. */
export class ConnectionLost extends Error {}

/**
 * Yield each line of a response body as it arrives. A line the connection cut short is dropped:
 * what it would have said is asked for again.
 * @param {ReadableStream<Uint8Array>} body
 * @param {() => void} hear called whenever anything arrives
 */
export async function* readLines(body, hear = () => {}) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  try {
    for (;;) {
      const { value, done } = await orLost(reader.read());
      if (done) return;
      hear();
      const lines = (rest + value).split("\n");
      rest = lines.pop();
      for (const line of lines) if (line) yield JSON.parse(line); // an empty one only says that the connection is well
    }
  } finally {
    reader.cancel().catch(() => {}); // an aborted stream is already gone
  }
}

/** Wait for a network operation, telling its failure apart from mistakes in this program. @param {Promise} operation */
export async function orLost(operation) {
  try {
    return await operation;
  } catch (error) {
    throw new ConnectionLost(error.message, { cause: error });
  }
}
