// Stands in for a C/C++ compiler: notes how it was called in the file RECORDING_COMPILER_LOG names, and makes
// the file it was asked for. With RECORDING_COMPILER_FAILS it fails at a source of that name.
import { appendFileSync, writeFileSync } from 'node:fs';

const args = process.argv.slice(2);
if (args[0] === '--version') {
  console.log('recording compiler 1.0');
} else if (!args.includes('-fsyntax-only')) {
  appendFileSync(process.env.RECORDING_COMPILER_LOG, `${JSON.stringify(args)}\n`);
  const failing = process.env.RECORDING_COMPILER_FAILS;
  if (failing && args.some((argument) => argument.endsWith(failing))) {
    console.error(`${failing}:1:1: error: expected by the test`);
    process.exit(1);
  }
  writeFileSync(args[args.indexOf('-o') + 1], 'not machine code');
}
