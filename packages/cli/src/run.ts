import {BroadsideError, exitCodeOf, explain} from '@broadside/runtime'
import {CommanderError} from 'commander'
import {createCli, type Surroundings} from './cli.ts'
import {createProgram} from './create-program.ts'

/**
 * Runs one verb and gives the exit code: 0, 2 for input that cannot work, 75 for what may work later, 1 where it is
 * uncertain, 70 for a fault of ours. What went wrong stands on stderr in one line.
 */
export async function run(argv: string[], surroundings: Surroundings): Promise<number> {
  const cli = createCli(surroundings)
  try {
    await createProgram(cli).parseAsync(argv, {from: 'user'})
    return cli.exitCode
  } catch (error) {
    // Commander has said already what is wrong with the words of the command.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    cli.say(`broadside: ${explain(error)}`)
    if (!(error instanceof BroadsideError) && error instanceof Error) cli.say(error.stack ?? '')
    return exitCodeOf(error)
  }
}
