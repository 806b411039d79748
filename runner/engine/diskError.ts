/** What the engine says of a disk that it cannot write or read, in words that say what to do. */
import { EngineError } from './relational.ts';

const causes: readonly (readonly [pattern: RegExp, says: string, help: string])[] = [
  [/no space left|disk quota|disk is full|max_temp_directory_size/i, 'The disk is full', 'Free some space, or name another folder with `--store`.'],
  [
    /file too large/i,
    'A file would be larger than this disk or this shell allows',
    'Raise the limit (`ulimit -f unlimited`), or name a folder on another disk with `--store`.',
  ],
  [
    /permission denied|read-only|operation not permitted/i,
    'This user may not write there',
    'Give the user access to the folder, or name another with `--store`.',
  ],
  [/too many open files/i, 'Too many files are open', 'Close other programs, or raise the limit (`ulimit -n 4096`).'],
];

/** `message`: the engine's own. */
export function diskError(message: string): EngineError {
  const [, says, help] = causes.find(([pattern]) => pattern.test(message)) ?? [
    null,
    'The disk cannot be used',
    'Look at the disk and at the folder of the store, or name another with `--store`.',
  ];
  return new EngineError('resources', `${says}: ${message.replace(/\.$/, '')}.`, help);
}
