/* floor: what one packet to each of N viewers costs when there is nothing but the work itself: a header in front of the
 * shared payload, protection by OpenSSL with a key for each viewer, and one UDP_SEGMENT message for each viewer's burst,
 * sixteen viewers to a sendmmsg. The receiving sockets are small and nobody reads them.
 *
 * usage: floor MODE VIEWERS BURST LENGTH    prints microseconds of processor time per packet (median of 5 runs)
 * MODE: copy   header and payload only
 *       gcm    AES-128-GCM (RFC 7714: a tag of 16 bytes)
 *       cm80   AES-128 counter mode and HMAC-SHA1 (RFC 3711: a tag of 10 bytes)
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

enum { HEADER = 12, GROUP = 16, RUNS = 5, PACKETS = 60000, MAX_BURST = 40, MAX_LENGTH = 1400, KEY = 16, AUTH_KEY = 20, SHORT_TAG = 10, TAG = 16 };
enum mode { COPY, GCM, CM80 };

struct viewer {
    struct sockaddr_in address;
    EVP_CIPHER_CTX *cipher;
    EVP_MAC_CTX *mac;
    uint8_t iv[16];
};

static enum mode mode;
static int viewers, burst, length, descriptor;
static struct viewer *all;
static uint8_t payload[MAX_LENGTH], *out;
static uint16_t sequence;

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

static double cpu_microseconds(void)
{
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void open_viewer(struct viewer *viewer)
{
    int receiver = socket(AF_INET, SOCK_DGRAM, 0), smallest = 1;
    if (receiver < 0) fail("socket");
    setsockopt(receiver, SOL_SOCKET, SO_RCVBUF, &smallest, sizeof smallest);
    viewer->address.sin_family = AF_INET;
    viewer->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof viewer->address;
    if (bind(receiver, (struct sockaddr *)&viewer->address, size) || getsockname(receiver, (struct sockaddr *)&viewer->address, &size)) fail("bind");

    uint8_t key[KEY], auth[AUTH_KEY];
    RAND_bytes(key, sizeof key);
    RAND_bytes(auth, sizeof auth);
    RAND_bytes(viewer->iv, sizeof viewer->iv);
    viewer->cipher = EVP_CIPHER_CTX_new();
    if (mode == GCM) EVP_EncryptInit_ex(viewer->cipher, EVP_aes_128_gcm(), NULL, key, NULL);
    if (mode != CM80) return;
    EVP_EncryptInit_ex(viewer->cipher, EVP_aes_128_ctr(), NULL, key, NULL);
    EVP_MAC *hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
    viewer->mac = EVP_MAC_CTX_new(hmac);
    OSSL_PARAM parameters[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, "SHA1", 0), OSSL_PARAM_construct_end() };
    if (!EVP_MAC_init(viewer->mac, auth, sizeof auth, parameters)) fail("HMAC");
}

/* Writes one protected packet; returns its length. */
static int protect(struct viewer *viewer, uint8_t *packet, uint16_t number)
{
    uint8_t *body = packet + HEADER, *tag = body + length;
    int written;
    memset(packet, 0, HEADER);
    packet[0] = 0x80;
    packet[2] = (uint8_t)(number >> 8);
    packet[3] = (uint8_t)number;
    viewer->iv[10] = packet[2];
    viewer->iv[11] = packet[3];
    switch (mode) {
    case COPY:
        memcpy(body, payload, (size_t)length);
        return HEADER + length + TAG;
    case GCM:
        EVP_EncryptInit_ex(viewer->cipher, NULL, NULL, NULL, viewer->iv);
        EVP_EncryptUpdate(viewer->cipher, NULL, &written, packet, HEADER);
        EVP_EncryptUpdate(viewer->cipher, body, &written, payload, length);
        EVP_EncryptFinal_ex(viewer->cipher, tag, &written);
        EVP_CIPHER_CTX_ctrl(viewer->cipher, EVP_CTRL_AEAD_GET_TAG, TAG, tag);
        return HEADER + length + TAG;
    default: {
        uint8_t rollover[4] = { 0 }, full[20];
        size_t size;
        EVP_EncryptInit_ex(viewer->cipher, NULL, NULL, NULL, viewer->iv);
        EVP_EncryptUpdate(viewer->cipher, body, &written, payload, length);
        EVP_MAC_init(viewer->mac, NULL, 0, NULL);
        EVP_MAC_update(viewer->mac, packet, (size_t)(HEADER + length));
        EVP_MAC_update(viewer->mac, rollover, sizeof rollover);
        EVP_MAC_final(viewer->mac, full, &size, sizeof full);
        memcpy(tag, full, SHORT_TAG);
        return HEADER + length + SHORT_TAG;
    }
    }
}

static void send_group(struct viewer *group, int count)
{
    static struct mmsghdr messages[GROUP];
    static struct iovec vectors[GROUP];
    static union { char bytes[CMSG_SPACE(sizeof(uint16_t))]; struct cmsghdr align; } control[GROUP];
    uint8_t *at = out;
    for (int v = 0; v < count; v++) {
        uint8_t *start = at;
        int size = 0;
        for (int i = 0; i < burst; i++, at += size) size = protect(&group[v], at, (uint16_t)(sequence + i));
        vectors[v] = (struct iovec){ start, (size_t)(at - start) };
        struct cmsghdr *header = &control[v].align;
        header->cmsg_level = SOL_UDP;
        header->cmsg_type = UDP_SEGMENT;
        header->cmsg_len = CMSG_LEN(sizeof(uint16_t));
        uint16_t segment = (uint16_t)size;
        memcpy(CMSG_DATA(header), &segment, sizeof segment);
        messages[v].msg_hdr = (struct msghdr){
            .msg_name = &group[v].address, .msg_namelen = sizeof group[v].address, .msg_iov = &vectors[v], .msg_iovlen = 1,
            .msg_control = control[v].bytes, .msg_controllen = sizeof control[v].bytes,
        };
        /* A single packet needs no cutting, and the kernel takes no segment as long as the message. */
        if (burst == 1) messages[v].msg_hdr.msg_controllen = 0;
    }
    if (sendmmsg(descriptor, messages, (unsigned)count, 0) != count) fail("sendmmsg");
}

static void send_frame(void)
{
    for (int v = 0; v < viewers; v += GROUP) send_group(all + v, viewers - v < GROUP ? viewers - v : GROUP);
    sequence = (uint16_t)(sequence + burst);
}

static int ascending(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return difference < 0 ? -1 : difference > 0;
}

int main(int count, char **arguments)
{
    if (count != 5) {
        fprintf(stderr, "usage: floor copy|gcm|cm80 VIEWERS BURST LENGTH\n");
        return 2;
    }
    mode = strcmp(arguments[1], "gcm") == 0 ? GCM : strcmp(arguments[1], "cm80") == 0 ? CM80 : COPY;
    viewers = atoi(arguments[2]);
    burst = atoi(arguments[3]);
    length = atoi(arguments[4]);
    if (viewers < 1 || burst < 1 || burst > MAX_BURST || length < 1 || length > MAX_LENGTH) {
        fprintf(stderr, "floor: VIEWERS from 1, BURST 1 to %d, LENGTH 1 to %d\n", MAX_BURST, MAX_LENGTH);
        return 2;
    }
    all = calloc((size_t)viewers, sizeof *all);
    out = malloc((size_t)(GROUP * burst * (HEADER + length + TAG)));
    RAND_bytes(payload, sizeof payload);
    for (int v = 0; v < viewers; v++) open_viewer(&all[v]);
    descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    int large = 4 << 20;
    setsockopt(descriptor, SOL_SOCKET, SO_SNDBUF, &large, sizeof large);

    int frames = PACKETS / (viewers * burst) + 1;
    double runs[RUNS];
    for (int i = 0; i < 3; i++) send_frame();
    for (int run = 0; run < RUNS; run++) {
        double start = cpu_microseconds();
        for (int i = 0; i < frames; i++) send_frame();
        runs[run] = (cpu_microseconds() - start) / ((double)frames * burst * viewers);
    }
    qsort(runs, RUNS, sizeof *runs, ascending);
    printf("%.4f\n", runs[RUNS / 2]);
    return 0;
}
