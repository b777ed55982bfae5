/** The servers that Broadside needs and can bring along: NATS with JetStream, and Redis. */
export type ServerName = 'nats' | 'redis'

/** Where a server can be started from; what `findServer` gives and `startNats` and `startRedis` take. */
export type ServerProgram = {
  /** Absolute path of the server's executable, or of the docker client when `image` is set. */
  bin: string
  /** Added to the environment of the child, such as the library path of unpacked packages. */
  env?: Record<string, string>
  /** Set when the server runs in a container made from this image. */
  image?: string
  /** Where it was found, for people: `PATH`, `Debian packages`. */
  from: string
  version: string
}

export type StartOptions = Pick<ServerProgram, 'bin'> &
  Partial<ServerProgram> & {
    /** Holds the data, the generated configuration, the log and the record of the running process. Made when missing. */
    dir: string
    port: number
    /** Address to listen on; loopback unless told otherwise, because neither server asks for a password. */
    host?: string
    /** How long the server may take until it answers. */
    readyMs?: number
    /**
     * Linux only, and only where util-linux' `setpriv` is there: the kernel ends the server when this process
     * dies, even by SIGKILL. Meant for tests, whose data folders nobody opens again.
     */
    diesWithParent?: boolean
  }

/** How a server ended. `expected` is true after `stop()`. */
export type ServerExit = {code: number | null; signal: NodeJS.Signals | null; expected: boolean}

export type RunningServer = {
  name: ServerName
  /** `nats://127.0.0.1:4222`, `redis://127.0.0.1:6379`. */
  url: string
  port: number
  /** Process id of the child (of the docker client when it runs in a container). */
  pid: number
  /** What the server prints. */
  logFile: string
  /** Asks the server to end (SIGTERM), kills it after ten seconds, and resolves once it is gone. A repeat waits for the same end. */
  stop(): Promise<void>
  /** Resolves when the process is gone, for whatever reason; never rejects. */
  exited: Promise<ServerExit>
}

/** Receives one line of text for people at each step that takes time. */
export type OnProgress = (message: string) => void
