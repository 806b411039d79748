/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import fileTooLarge from './file-too-large.ts';
import malformedLiteral from './malformed-literal.ts';
import nestingTooDeep from './nesting-too-deep.ts';
import notText from './not-text.ts';
import syntaxError from './syntax-error.ts';
import unclosedBlock from './unclosed-block.ts';
import unclosedText from './unclosed-text.ts';
import unknownDeclaration from './unknown-declaration.ts';

export const syntaxRules: readonly Rule[] = [
  syntaxError,
  unclosedBlock,
  unclosedText,
  unknownDeclaration,
  nestingTooDeep,
  fileTooLarge,
  notText,
  malformedLiteral,
];
