import {JetStreamApiCodes, JetStreamApiError} from '@nats-io/jetstream'

/** Whether the server says that the stream or the consumer is not there. */
export function isNotFound(error: unknown): boolean {
  const codes: number[] = [JetStreamApiCodes.StreamNotFound, JetStreamApiCodes.ConsumerNotFound]
  return error instanceof JetStreamApiError && codes.includes(error.code)
}
