/* A Modbus device on libmodbus, the independent implementation the driver is tested against.

   usage: libmodbus_server [registers [serial port]]
   Without a serial port it listens on a free port of 127.0.0.1, prints the port, and serves one
   client after another over TCP; with one it prints 0 and is unit 17 on it, 9600 8E1. Both until its
   standard input closes. Holding register n holds n, but 0 and 1 the float 326,787 (48 9F 90 60);
   input register n holds 65535 - n; coil n is n % 3 == 0; discrete input n is n % 2 == 1. */
#include <arpa/inet.h>
#include <errno.h>
#include <modbus.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <unistd.h>

static int listen_on_free_port(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    int one = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof address) < 0 ||
        listen(fd, 8) < 0 || getsockname(fd, (struct sockaddr *) &address, &size) < 0) {
        perror("listen");
        exit(1);
    }
    printf("%d\n", ntohs(address.sin_port));
    fflush(stdout);
    return fd;
}

/* Wait for the descriptor; leave the program when standard input closes. */
static void wait_for(int fd)
{
    fd_set set;

    for (;;) {
        FD_ZERO(&set);
        FD_SET(fd, &set);
        FD_SET(STDIN_FILENO, &set);
        if (select(fd + 1, &set, NULL, NULL, NULL) < 0 && errno != EINTR)
            exit(1);
        if (FD_ISSET(STDIN_FILENO, &set))
            exit(0);
        if (FD_ISSET(fd, &set))
            return;
    }
}

/* Answer requests until the connection ends. */
static void serve(modbus_t *context, modbus_mapping_t *map)
{
    uint8_t request[MODBUS_MAX_ADU_LENGTH];

    for (;;) {
        int length;

        wait_for(modbus_get_socket(context));
        length = modbus_receive(context, request);
        if (length < 0 || (length > 0 && modbus_reply(context, request, length, map) < 0))
            return;
    }
}

int main(int argc, char **argv)
{
    int registers = argc > 1 ? atoi(argv[1]) : 200;
    int serial = argc > 2;
    int listener = serial ? -1 : listen_on_free_port();
    modbus_t *context = serial ? modbus_new_rtu(argv[2], 9600, 'E', 8, 1)
                               : modbus_new_tcp("127.0.0.1", 0);
    modbus_mapping_t *map = modbus_mapping_new(registers, registers, registers, registers);

    if (context == NULL || map == NULL)
        return 1;
    for (int n = 0; n < registers; n++) {
        map->tab_registers[n] = (uint16_t) n;
        map->tab_input_registers[n] = (uint16_t) (65535 - n);
        map->tab_bits[n] = n % 3 == 0;
        map->tab_input_bits[n] = n % 2 == 1;
    }
    map->tab_registers[0] = 0x489F;
    map->tab_registers[1] = 0x9060;
    if (serial) {
        if (modbus_set_slave(context, 17) < 0 || modbus_connect(context) < 0)
            return 1;
        printf("0\n");
        fflush(stdout);
    }
    for (;;) {
        if (!serial) {
            wait_for(listener);
            if (modbus_tcp_accept(context, &listener) < 0)
                return 1;
        }
        serve(context, map);
        if (!serial)
            modbus_close(context);
    }
}
