/** The rules of this group, by code. */
import type { Rule } from '../rule.ts';
import actualSchema from './actual-schema.ts';
import claimForm from './claim-form.ts';
import duplicateColumn from './duplicate-column.ts';
import joinMismatch from './join-mismatch.ts';
import missingColumns from './missing-columns.ts';
import refWithoutKey from './ref-without-key.ts';
import roleDoesNotFit from './role-does-not-fit.ts';
import unionMismatch from './union-mismatch.ts';
import unknownColumn from './unknown-column.ts';
import unknownConnector from './unknown-connector.ts';
import unknownRef from './unknown-ref.ts';
import unknownRole from './unknown-role.ts';
import unknownSeverity from './unknown-severity.ts';
import unknownStep from './unknown-step.ts';
import unknownTable from './unknown-table.ts';
import unknownType from './unknown-type.ts';
import wrongSetting from './wrong-setting.ts';

export const schemaRules: readonly Rule[] = [
  unknownColumn,
  duplicateColumn,
  missingColumns,
  unknownRole,
  roleDoesNotFit,
  unknownType,
  unionMismatch,
  unknownConnector,
  unknownSeverity,
  unknownTable,
  unknownRef,
  joinMismatch,
  unknownStep,
  claimForm,
  refWithoutKey,
  wrongSetting,
  actualSchema,
];
