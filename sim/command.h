/* SPDX-License-Identifier: Apache-2.0 */
/* command: the subcommands of teesim; each returns its exit status. */
#ifndef SIM_COMMAND_H
#define SIM_COMMAND_H

int tee_sim_command_serve(int argc, char **argv);
int tee_sim_command_set(int argc, char **argv);
int tee_sim_command_mint(int argc, char **argv);
int tee_sim_command_root(int argc, char **argv);
int tee_sim_command_context(int argc, char **argv);

#endif
