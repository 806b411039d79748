/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import ambiguousLink from './ambiguous-link.ts';
import circularDefinition from './circular-definition.ts';
import circularImport from './circular-import.ts';
import duplicateName from './duplicate-name.ts';
import fileNotFound from './file-not-found.ts';
import missingItem from './missing-item.ts';
import noLink from './no-link.ts';
import outsideProject from './outside-project.ts';
import parameterValue from './parameter-value.ts';
import shadowedName from './shadowed-name.ts';
import unknownImport from './unknown-import.ts';
import unknownName from './unknown-name.ts';
import unreadableFile from './unreadable-file.ts';
import unusedDeclaration from './unused-declaration.ts';

export const nameRules: readonly Rule[] = [
  unknownName,
  duplicateName,
  unusedDeclaration,
  shadowedName,
  circularDefinition,
  circularImport,
  unknownImport,
  fileNotFound,
  outsideProject,
  unreadableFile,
  missingItem,
  ambiguousLink,
  noLink,
  parameterValue,
];
